import { spawn } from "node:child_process";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/u, "");

const COPIED = [
  "src",
  "lib",
  "prisma",
  "public",
  "packages",
  "package.json",
  "tsconfig.json",
  "tsconfig.base.json",
  "vite.config.ts",
  "prisma.config.ts",
  "wrangler.toml",
];

const LEFT_OUT = /node_modules|__tests__|\.test\.tsx?$/u;

/** Copies the app's source, without its tests, into an empty folder and runs `npm run build` there, with this tree's packages. */
export async function buildIn(folder: string): Promise<void> {
  for (const path of COPIED) {
    await cp(join(ROOT, path), join(folder, path), {
      recursive: true,
      filter: (source) => !LEFT_OUT.test(source.slice(ROOT.length)),
    });
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await run({ program: "npm", args: ["run", "build"], cwd: folder });
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Tools that would otherwise tell their makers that they were used. */
const QUIET = {
  CHECKPOINT_DISABLE: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

/** What the program printed. @throws Error with the program's output when it fails. */
export async function run(command: Command): Promise<string> {
  const { program, args, cwd, env = {} } = command;
  const path = `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...QUIET, PATH: path, NODE_ENV: undefined, ...env },
  });
  let output = "";
  const read = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${output}`);
  return output;
}
