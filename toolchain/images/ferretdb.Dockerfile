# A static program and nothing else: the local cluster's MongoDB.
FROM scratch
COPY ferretdb /ferretdb
USER 10001:10001
EXPOSE 27017 8080
ENTRYPOINT ["/ferretdb"]
