# Node's own program as its npm package carries it, for images to copy it from.
FROM scratch
COPY bin/node /usr/local/bin/node
