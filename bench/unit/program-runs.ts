import { runProgram, stackConfig, stackNames } from "../../tests/support/stacks.js";

/** Runs the whole program of every stack on mocks, again and again; prints the number of resources and the CPU time. */
const runs = 10;
const before = process.cpuUsage();
let resources = 0;
for (let run = 0; run < runs; run++) {
  for (const stack of stackNames) {
    resources += (await runProgram(stackConfig(stack), { stack })).resources.length;
  }
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ resources, cpuMs: (user + system) / 1000 }));
