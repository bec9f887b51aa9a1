import { execa } from "execa";
import { join, relative } from "node:path";
import type { Report } from "./finding.js";
import { tools } from "./tools.js";

interface Comment {
  file: string;
  line: number;
  level: "error" | "warning" | "info" | "style";
  code: number;
  message: string;
}

/** Every script of the program and of the images, and what it reads. */
export async function shellcheck(manifest: string, folder: string): Promise<Report> {
  const { stdout: files } = await execa("git", ["ls-files", "*.sh"], { cwd: folder });
  const scripts = files.split("\n").map((file) => join(folder, file));
  const args = [
    "--severity=warning",
    "--external-sources",
    "--source-path=SCRIPTDIR",
    "--format=json",
    ...scripts,
  ];
  const { stdout } = await execa(tools.shellcheck, args, { reject: false });
  const findings = (JSON.parse(stdout) as Comment[]).map(({ file, line, level, code, message }) => ({
    checker: "shellcheck",
    manifest,
    check: `SC${code}`,
    object: `${relative(folder, file)}:${line}`,
    severity: level === "error" ? ("critical" as const) : ("warning" as const),
    message,
  }));
  return { objects: scripts.length, checks: scripts.length, findings };
}
