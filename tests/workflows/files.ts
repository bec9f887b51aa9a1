import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const repository = join(import.meta.dirname, "../..");
const folder = join(repository, ".github/workflows");
export const read = (path: string) => readFileSync(join(repository, path), "utf8");
export const files = readdirSync(folder).filter((file) => file.endsWith(".yml"));
export const texts = new Map(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
export const workflows = new Map([...texts].map(([file, text]) => [file, parse(text)]));

interface Job {
  file: string;
  name: string;
  job: any;
}
export const jobs: Job[] = [...workflows].flatMap(([file, workflow]) =>
  Object.entries<any>(workflow.jobs).map(([name, job]) => ({ file, name, job })),
);
export const job = (file: string, name: string): any => workflows.get(file).jobs[name];
export const stepsOf = ({ steps = [] }: any): any[] => steps;
/** The jobs that run the code of whoever opened a pull request. */
export const rehearsing = [
  ["preview.yml", "rehearsal"],
  ["rehearsal.yml", "acts"],
] as const;
export const titles = (found: Job[]) => found.map(({ file, name }) => `${file} ${name}`);
