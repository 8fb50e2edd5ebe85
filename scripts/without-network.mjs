/**
 * node scripts/without-network.mjs COMMAND…
 * Runs a command where no network but loopback exists, so that nothing in it can reach a real service. Where namespaces are forbidden it runs
 * the command all the same and says that this was not verified.
 */
import { spawn, spawnSync } from "node:child_process";

const command = process.argv.slice(2);
const isolation = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'];
const isolated = spawnSync(isolation[0], [...isolation.slice(1), "true"], { stdio: "ignore" }).status === 0;
if (!isolated)
  console.error(
    "not verified: this machine forbids network namespaces, so the command runs with its network.",
  );

const [file, ...args] = isolated ? [...isolation, ...command] : command;
const child = spawn(file, args, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 130);
});
