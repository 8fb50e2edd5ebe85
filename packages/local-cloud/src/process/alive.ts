import process from "node:process";
import { systemErrorCode } from "../errors.ts";

/** Whether a process with that id exists, another user's included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}
