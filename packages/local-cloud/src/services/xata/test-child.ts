/**
 * Run by backend.test.ts in a process of its own: `test-child.ts DATA_DIR kill|stop` starts the service, writes a row, prints
 * what the test wants to know as JSON, and then either kills itself, leaving PostgreSQL behind, or stops the service.
 */
import { argv, stdout } from "node:process";
import { startTestXata } from "./test-service.ts";

const [, , dataDir = "", end] = argv;
const xata = await startTestXata({ dataDir });
const { status } = await xata.ask({ query: "CREATE TABLE kept AS SELECT 'kept'::text AS v" });
stdout.write(JSON.stringify({ status, url: xata.url, postgresPid: xata.service.postgresPid }), () => {
  if (end === "kill") process.kill(process.pid, "SIGKILL");
});
if (end === "stop") await xata.service.stop();
