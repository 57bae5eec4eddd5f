// A person on llama-server's own page: enters the key, asks, allows the tool, reads the answer.
// node web_page.mjs PLAYWRIGHT BROWSER URL KEY QUESTION SQL ANSWER
// The model's two replies are written here; the page, its tools and our server are the real ones.
import { pathToFileURL } from "node:url";

const [library, browserFile, url, key, question, sql, answer] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(`${library}/index.mjs`).href);

const chunk = (delta, finish = null) => {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const frame = { id: "1", object: "chat.completion.chunk", created: 1, model: "scripted", choices };
  return `data: ${JSON.stringify(frame)}\n\n`;
};
const call = { name: "kotae_query", arguments: JSON.stringify({ sql }) };
const asksForTheTool =
  chunk({ role: "assistant", tool_calls: [{ index: 0, id: "c1", type: "function", function: call }] }) +
  chunk({}, "tool_calls");
const answers = chunk({ role: "assistant", content: answer }) + chunk({}, "stop");

const browser = await chromium.launch({
  executablePath: browserFile,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(30000);
  const asked = [];
  await page.route("**/v1/chat/completions*", async (route) => {
    asked.push(route.request().postDataJSON());
    const headers = { "Content-Type": "text/event-stream" };
    const reply = asked.length === 1 ? asksForTheTool : answers;
    await route.fulfill({ status: 200, headers, body: `${reply}data: [DONE]\n\n` });
  });
  await page.goto(url);
  await page.getByText("Enter API Key").click();
  await page.locator("input").first().fill(key);
  await page.keyboard.press("Enter");
  await page.locator("textarea").first().fill(question);
  await page.keyboard.press("Enter");
  await page.getByText("Allow once").click();
  await page.getByText(answer).first().waitFor();
  const offered = asked[0].tools.map((tool) => tool.function.name);
  console.log(JSON.stringify({ offered, result: asked[1].messages.at(-1) }));
} finally {
  await browser.close();
}
