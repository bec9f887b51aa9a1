// Bare Socket.io over the streams adapter, with what Socket.io offers against lost connections, as it comes.
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { Redis } from "ioredis";
import { serveChat } from "./chat-rooms.mjs";

const redis = new Redis({ host: "127.0.0.1", port: Number(process.env.REDIS_PORT) });
serveChat({ adapter: createAdapter(redis), connectionStateRecovery: {} });
