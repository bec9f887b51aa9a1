// The least that a Socket.io chat on several servers is: rooms over an adapter. It stores and checks nothing.
import { createServer } from "node:http";
import { Server } from "socket.io";

export function serveChat(options) {
  const http = createServer((_request, response) => response.end("ok"));
  const io = new Server(http, { ...options, transports: ["websocket", "polling"], serveClient: false });
  let seq = 0;

  io.on("connection", (socket) => {
    const author = { id: socket.id.slice(0, 16), nickname: socket.handshake.auth.nickname };
    socket.on("join", ({ room }, acknowledge) => {
      socket.join(room);
      acknowledge({ ok: true });
    });
    socket.on("send", ({ room, id, text }, acknowledge) => {
      const message = { room, seq: ++seq, id, author, text, sentAt: new Date().toISOString() };
      io.to(room).emit("message", message);
      acknowledge({ ok: true, value: message });
    });
  });
  http.listen(Number(process.env.PORT), "127.0.0.1");
}
