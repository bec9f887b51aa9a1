import { post } from "./post.js";

const { GITHUB_EVENT_PATH: eventFile, GITHUB_API_URL: apiUrl, GITHUB_TOKEN: token } = process.env;
const folder = process.argv[2];
if (folder === undefined || eventFile === undefined || apiUrl === undefined || token === undefined) {
  process.stderr.write(
    "error: expected npm run comment -- FOLDER, and GITHUB_EVENT_PATH, GITHUB_API_URL and GITHUB_TOKEN from a\n" +
      "workflow that runs on workflow_run (see .github/workflows/comment.yml)\n",
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`${await post({ folder, eventFile, apiUrl, token })}\n`);
}
