# Holds a pod's namespaces; every node starts it before a pod's containers.
FROM scratch
COPY pause /pause
USER 65535:65535
ENTRYPOINT ["/pause"]
