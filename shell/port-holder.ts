import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * Which process listens on a TCP port of 127.0.0.1 or of every address.
 *
 * @param except tells which processes do not count, and is asked once the one is found.
 */
export function portHolder(port: number, except: () => number[] = () => []): string | undefined {
  const inode = ["/proc/net/tcp", "/proc/net/tcp6"]
    .filter(existsSync)
    .map((file) => listeningSocket(readFileSync(file, "utf8"), port))
    .find((found) => found !== undefined);
  if (inode === undefined) return undefined;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (openFiles(pid).includes(`socket:[${inode}]`)) {
      if (except().includes(Number(pid))) return undefined;
      return `process ${pid} (${readFileSync(`/proc/${pid}/comm`, "utf8").trim()})`;
    }
  }
  return "a process that cannot be seen from here";
}

// 0.0.0.0, 127.0.0.1, and the same two for IPv6, as the kernel writes them.
const takesLoopback = /^(0{8}|0100007F|0{32}|0{16}FFFF00000100007F)$/;

/** Inode of the socket that holds a port of 127.0.0.1, of a table like /proc/net/tcp. */
export function listeningSocket(table: string, port: number): string | undefined {
  const listening = table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .find(([, address = "", , state]) => {
      const [host = "", hexPort = ""] = address.split(":");
      return state === "0A" && parseInt(hexPort, 16) === port && takesLoopback.test(host);
    });
  return listening?.[9];
}

function openFiles(pid: string): string[] {
  const folder = join("/proc", pid, "fd");
  const links = whileThere(() => readdirSync(folder)) ?? [];
  return links.flatMap((descriptor) => whileThere(() => readlinkSync(join(folder, descriptor))) ?? []);
}

/** What is read of a process or of a descriptor, unless it ended while it was looked at. */
function whileThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
