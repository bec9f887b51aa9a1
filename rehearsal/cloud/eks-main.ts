import { main } from "@pulumi/pulumi/provider/server.js";
import { eksProvider } from "./eks.js";

// As the engine starts a provider: the port is the first line that it prints.
await main(eksProvider, []);
