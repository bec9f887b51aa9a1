import type { Command } from "commander";
import type { BackupOptions } from "../backup/backup.js";
import type { RestoreOptions } from "../backup/restore.js";
import { withLock } from "./lock.js";

/** `npm run backup` and `npm run restore`, which load the databases' clients, and nobody else does. */
export function addBackupCommands(program: Command, say: (text: string) => void): void {
  program
    .command("backup")
    .description("write all that the platform's databases hold into one file")
    .option("--output <file>", "a new file (default: one under backups/, named after the time)")
    .action((options: BackupOptions) =>
      withLock(async () => {
        const { backup, describeBackup } = await import("../backup/backup.js");
        say(describeBackup(await backup(options)));
      }),
    );
  program
    .command("restore")
    .description("replace all that the databases hold by what is in a backup")
    .argument("<file>", "a file of npm run backup")
    .option("--no-safety-backup", "do not back up first what is there, when it is too broken for that")
    .action((file: string, options: RestoreOptions) =>
      withLock(async () => {
        const { restore } = await import("../backup/restore.js");
        const { describeRestored } = await import("../backup/restored.js");
        say(describeRestored(await restore(file, options)));
      }),
    );
}
