import { main } from "@pulumi/pulumi/provider/server.js";
import { randomProvider } from "./provider.js";

const engine = process.ppid;
await main(randomProvider, process.argv.slice(2));

// The engine ends its plugins, unless it is killed itself: then nobody else would end this one.
setInterval(() => {
  if (process.ppid !== engine) process.exit();
}, 1000).unref();
