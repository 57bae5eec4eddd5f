# kotae as a container: the database tools over MCP, reports, single questions.
#   docker build -t kotae .
#   docker run --rm -e KOTAE_DATABASE_URL -e KOTAE_DATABASE_PASSWORD kotae db check
# The model server stays outside, near its GPU: KOTAE_ENDPOINT=http://HOST:8000/v1
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home kotae
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index /wheels/*.whl && rm -rf /wheels
USER 10001
WORKDIR /home/kotae
ENTRYPOINT ["kotae"]
CMD ["--help"]
