import { execa } from "execa";
import { readdirSync } from "node:fs";
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
  const scripts = ["infra", "apps", "machine", "shell"].flatMap((part) =>
    readdirSync(join(folder, part), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".sh") && !name.includes("node_modules"))
      .map((name) => join(folder, part, name)),
  );
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
