# SPDX-License-Identifier: MIT
#
#     docker build -t resonant .                   with --build-arg PANDOC=no smaller, but its pages hold plain text
#     docker run --rm -it -v "$PWD:/work" -u "$(id -u):$(id -g)" resonant --endpoint builtin: --model eliza
#
# docs/install.md says how it reaches a model server of the machine that it runs on. Packages have no versions, so that
# each build takes in the security updates of Debian.
FROM swift:6.2-bookworm AS build
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends libcurl4-openssl-dev libyaml-dev zlib1g-dev \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product resonant --static-swift-stdlib -Xlinker -s \
  && install -D -m 755 .build/release/resonant /out/resonant

FROM debian:bookworm-slim
ARG PANDOC=yes
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libcurl4 libyaml-0-2 \
  && if [ "$PANDOC" = yes ]; then apt-get install -y --no-install-recommends pandoc; fi \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/resonant /usr/local/bin/resonant
COPY README.md LICENSE CHANGELOG.md CONTRIBUTING.md /usr/local/share/doc/resonant/
COPY docs /usr/local/share/doc/resonant/docs
COPY examples /usr/local/share/doc/resonant/examples
COPY preambles /usr/local/share/doc/resonant/preambles
WORKDIR /work
ENTRYPOINT ["resonant"]
CMD ["--help"]
