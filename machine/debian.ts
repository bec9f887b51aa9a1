import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "./layout.js";
import { run, UserError } from "./shell.js";

/** Programs that the cluster and its images need, and the Debian package that has each. */
const programs: Record<string, string> = {
  runc: "runc",
  "iptables-save": "iptables",
  buildah: "buildah",
  mmdebstrap: "mmdebstrap",
  runsvdir: "runit",
  ip: "iproute2",
};

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

/** Packages whose programs are neither on the PATH nor unpacked already. */
export async function missingPackages(): Promise<string[]> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(programs)) {
    const found = await run("sh", ["-c", `command -v ${program}`]).catch(() => "");
    if (found === "") missing.push(name);
  }
  return missing;
}

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
  const targets = await run("apt-get", [
    ...apt,
    "indextargets",
    "--format",
    format,
    "Created-By: Packages",
  ]).catch(() => "");
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
