import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A workflow of the repository that the project is in, or a part of; undefined where there is none. */
export function readWorkflow(root: string, name: string): string | undefined {
  const file = join(root, ".github", "workflows", name);
  if (existsSync(file)) return readFileSync(file, "utf8");
  const parent = dirname(root);
  return existsSync(join(root, ".git")) || parent === root ? undefined : readWorkflow(parent, name);
}
