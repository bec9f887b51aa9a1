# A static program and nothing else: one of the cluster's own add-ons, by its name.
ARG PROGRAM
FROM scratch
ARG PROGRAM
COPY ${PROGRAM} /${PROGRAM}
USER 10001:10001
