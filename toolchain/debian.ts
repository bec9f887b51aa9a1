import { ExecaError } from "execa";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { run } from "../shell/programs.js";

interface Program {
  /** The Debian package that has it. */
  name: string;
  /** What makes it tell its version. */
  ask: string[];
  /** Finds the version in its answer. */
  version: RegExp;
  /** The oldest version that fits: the oldest with which all of this has been run. */
  least: string;
}

/** Programs that the cluster and its images need. */
const programs: Program[] = [
  { name: "runc", ask: ["runc", "--version"], version: /^runc version (\d[\d.]*)/m, least: "1.1" },
  { name: "iptables", ask: ["iptables-save", "--version"], version: / v(\d[\d.]*)/, least: "1.8" },
  { name: "buildah", ask: ["buildah", "--version"], version: /^buildah version (\d[\d.]*)/m, least: "1.28" },
  { name: "mmdebstrap", ask: ["mmdebstrap", "--version"], version: /^mmdebstrap (\d[\d.]*)/m, least: "1.3" },
  { name: "iproute2", ask: ["ip", "-V"], version: /iproute2-(\d[\d.]*)/, least: "6.1" },
  // It tells none; busybox has programs of the same names, which take other options and say so.
  { name: "runit", ask: ["sv"], version: /^usage: sv \[-v\] \[-w sec\]()/m, least: "" },
];

/** Lists and caches of our own, so that the machine's package manager sees nothing of it. */
const apt = [
  "-oDir::State::lists=lists",
  "-oDir::Cache=cache",
  "-oDebug::NoLocking=1",
  "-oAPT::Sandbox::User=root",
  "-oDpkg::Use-Pty=0",
].map((option) =>
  option.replace(/=(lists|cache)$/, (_, folder: string) => `=${join(paths.downloads, "apt", folder)}`),
);

/** Packages whose programs are missing, or are of a version that does not fit. */
export async function missingPackages(): Promise<string[]> {
  const fitting = await Promise.all(programs.map(fits));
  return programs.filter((_, index) => fitting[index] !== true).map(({ name }) => name);
}

/** Asks a program as it would be run: what is unpacked comes before what the machine has. */
async function fits({ ask, version, least }: Program): Promise<boolean> {
  const both = ["-c", 'exec "$@" 2>&1', "sh"]; // Some tell it on one, some on the other.
  const [, found] =
    version.exec(await run("sh", [...both, ...ask], { fromDebian: true, reject: false })) ?? [];
  return found !== undefined && isAtLeast(found, least);
}

/** Compares versions number by number. */
export const isAtLeast = (version: string, least: string) =>
  version.localeCompare(least, "en", { numeric: true }) >= 0;

/** Downloads and unpacks, under .local, what is missing of the Debian packages; the machine gets none installed. */
export async function unpackDebianPackages(onLine: (line: string) => void): Promise<void> {
  const archives = join(paths.downloads, "debian");
  // Removed last, so when it is still there an unpacking was cut short, and nobody knows what of it is whole.
  if (existsSync(archives)) {
    for (const folder of [archives, paths.debian]) await rm(folder, { recursive: true, force: true });
  }
  const missing = await missingPackages();
  if (missing.length === 0) return;
  for (const folder of [
    archives,
    join(paths.downloads, "apt/lists/partial"),
    join(paths.downloads, "apt/cache/archives/partial"),
  ]) {
    await mkdir(folder, { recursive: true });
  }
  await run("apt-get", [...apt, "update"], { onLine, log: "debian" });
  const uris = await run("apt-get", [
    ...apt,
    "install",
    "--print-uris",
    "-qq",
    "-y",
    "--no-install-recommends",
    ...missing,
  ]);
  const names = [...uris.matchAll(/^'[^']+' (\S+?)_(\S+)_\S+\.deb /gm)].map(
    ([, name = "", version = ""]) => `${name}=${decodeURIComponent(version)}`,
  );
  if (names.length === 0) {
    throw new UserError(
      `apt-get names no packages to download for ${missing.join(", ")}; run "apt-get install ${missing.join(" ")}"`,
    );
  }
  await run("apt-get", [...apt, "download", ...names], { cwd: archives, onLine, log: "debian" });
  for (const file of readdirSync(archives)) {
    onLine(`unpacking ${file}`);
    await run("dpkg-deb", ["--extract", join(archives, file), paths.debian], { log: "debian" });
  }
  await mergeIntoUsr();
  await linkAlternatives();
  const stillMissing = await missingPackages();
  if (stillMissing.length > 0) {
    throw new UserError(
      `the Debian packages of ${stillMissing.join(", ")} are too old here: expected ${programs
        .filter(({ name }) => stillMissing.includes(name))
        .map(({ name, least }) => `${name} ${least}`)
        .join(", ")} or newer; install them in /usr, or use a machine with a newer release`,
    );
  }
  await rm(archives, { recursive: true });
}

/** Packages also ship files for /bin, /sbin and /lib, which are links into /usr on the machines of today. */
async function mergeIntoUsr(): Promise<void> {
  for (const folder of ["bin", "sbin", "lib"]) {
    const from = join(paths.debian, folder);
    if (!existsSync(from)) continue;
    await cp(from, join(paths.debian, "usr", folder), { recursive: true, verbatimSymlinks: true });
    await rm(from, { recursive: true });
  }
}

/** Makes the names that a package's installation would have made: `iptables` and its relatives. */
async function linkAlternatives(): Promise<void> {
  const folder = join(paths.debian, "usr/sbin");
  if (!existsSync(join(folder, "xtables-nft-multi"))) return;
  for (const family of ["iptables", "ip6tables"]) {
    for (const suffix of ["", "-save", "-restore"]) {
      const link = join(folder, `${family}${suffix}`);
      await rm(link, { force: true });
      await symlink("xtables-nft-multi", link);
    }
  }
}

/**
 * The machine's own Debian mirrors as lines for mmdebstrap, read from its apt sources; none on another distribution,
 * for which mmdebstrap has its default.
 */
export async function debianSources(suite: string): Promise<string[]> {
  const format = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)";
  const targets = await indexTargets(["--format", format, "Created-By: Packages"]);
  const lines = targets
    .split("\n")
    .map((line) => line.split(" "))
    .filter(
      ([, release, component, origin]) =>
        origin === "Debian" && release?.startsWith(suite) && component === "main",
    )
    .map(([uri, release]) => `deb ${uri ?? ""} ${release ?? ""} main`);
  return [...new Set(lines)];
}

/** What apt-get reads from where; "" on a machine that has no apt-get. */
async function indexTargets(options: string[]): Promise<string> {
  try {
    return await run("apt-get", [...apt, "indextargets", ...options], { log: "debian" });
  } catch (error) {
    const { cause } = error as UserError;
    if (cause instanceof ExecaError && cause.code === "ENOENT") return "";
    throw error;
  }
}

/** Configuration that buildah would look for in /etc/containers. */
export async function writeContainersConfiguration(): Promise<Record<string, string>> {
  const folder = join(paths.images, "buildah");
  await mkdir(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  await writeFile(file("policy.json"), JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  await writeFile(file("auth.json"), "{}");
  await writeFile(file("registries.conf"), "unqualified-search-registries = []\n");
  await writeFile(
    file("storage.conf"),
    `[storage]\ndriver = "overlay"\nrunroot = "${file("run")}"\ngraphroot = "${file("storage")}"\n`,
  );
  return {
    CONTAINERS_STORAGE_CONF: file("storage.conf"),
    CONTAINERS_REGISTRIES_CONF: file("registries.conf"),
    BUILDAH_ISOLATION: "chroot",
    XDG_RUNTIME_DIR: file("run"),
    REGISTRY_AUTH_FILE: file("auth.json"),
  };
}
