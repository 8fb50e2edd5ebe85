import type { Settings } from "../config/load.ts";
import type { Reply } from "../doctor/finding.ts";

const TIMEOUT_MS = 15_000;

/** Asks Cloudflare's API something that changes nothing. Never throws: no answer is a reply too. */
export async function askCloudflare({ cloudflare }: Settings, path: string): Promise<Reply> {
  const { status, body } = await get(`${cloudflare.apiBaseUrl}${path}`, cloudflare.apiToken?.reveal());
  const result = typeof body === "object" && body !== null && "result" in body ? body.result : undefined;
  return { status, result };
}

/** Asks GitHub's API about the repository that the environment names, as in a workflow. */
export async function askGitHub({ inherited }: Settings, path: string): Promise<Reply> {
  const repository = inherited["GITHUB_REPOSITORY"];
  if (repository === undefined) return { status: 0, result: undefined };
  const base = inherited["GITHUB_API_URL"] ?? "https://api.github.com";
  const token = inherited["GITHUB_TOKEN"] ?? inherited["GH_TOKEN"];
  const { status, body } = await get(`${base}/repos/${repository}${path}`, token);
  return { status, result: body };
}

async function get(url: string, token: string | undefined): Promise<{ status: number; body: unknown }> {
  const headers = token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` };
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch {
    return { status: 0, body: undefined };
  }
}
