// Bare Socket.io over the pub/sub adapter.
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { serveChat } from "./chat-rooms.mjs";

const redis = new Redis({ host: "127.0.0.1", port: Number(process.env.REDIS_PORT) });
serveChat({ adapter: createAdapter(redis, redis.duplicate()) });
