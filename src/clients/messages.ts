/** What the server says went wrong: Better Auth's `message`, or ours in `error.message`. */
export async function messageOf(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => null);
  const source = isRecord(body) && isRecord(body["error"]) ? body["error"] : body;
  const message = isRecord(source) ? source["message"] : undefined;
  return typeof message === "string" ? message : "Something failed here. Please try again in a moment.";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
