# What the volume provisioner runs on a node to make and remove a volume's folder; it needs a shell.
ARG BASE=debian:bookworm-slim
FROM ${BASE} AS build
RUN apt-get update && apt-get install --yes --no-install-recommends busybox-static

FROM scratch
COPY --from=build /bin/busybox /bin/busybox
COPY --from=build /bin/busybox /bin/sh
