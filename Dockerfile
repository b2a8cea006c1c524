# docker run --rm --network=host IMAGE check http://127.0.0.1:8000
# docker run --rm --volume="$PWD:/work:ro" IMAGE check /work
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE fastapi_compliance_pytest.py ./
COPY compliance compliance
COPY reference_app reference_app
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
COPY --from=build /wheels /wheels
# With the packages of the reference, for `demo`.
RUN pip install --no-cache-dir "$(ls /wheels/*.whl)[reference]" && useradd --create-home judge
USER judge
WORKDIR /work
ENTRYPOINT ["compliance"]
CMD ["--help"]
