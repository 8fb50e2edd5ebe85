import { redirect } from "@tanstack/react-router";
import { createServerFn } from "@tanstack/react-start";
import { getRequest } from "@tanstack/react-start/server";
import { signedIn } from "../../lib/auth.ts";
import { requestContext } from "../../lib/request-context.ts";
import { listFiles } from "../../lib/storage.ts";

/** The signed-in person's name and files; leads to the sign-in page without a session. */
export const loadFiles = createServerFn({ method: "GET" }).handler(async () => {
  const user = await signedIn(getRequest());
  if (user === null) throw redirect({ to: "/sign-in" });
  return { name: user.name, files: await listFiles(requestContext().env(), user.id) };
});
