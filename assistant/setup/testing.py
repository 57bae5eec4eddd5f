"""A look at a database before it is chosen: does it answer, and is the account fit for reading?"""

from assistant.setup.choice import Tested
from assistant.tools import Tools


async def examined(tools: Tools) -> Tested:
    """What the tools tell of their connection.

    Raises DatabaseToolFailed, with the tool server's own sentence, when it cannot be asked.
    """
    status, schema = await tools.status(), await tools.schema()
    account = status["account"]
    return Tested(
        server=f"{status['product']} {status['version']}",
        url=status["url"],
        account=account["user"],
        grade=account["grade"],
        excess=tuple(account["excess"]),
        layers=tuple(status["read_only"]),
        missing=tuple(status["missing"]),
        tables=len(schema.tables),
    )
