import { createServerFn } from "@tanstack/react-start";
import { requestContext } from "../../lib/request-context.ts";

/** Which release, version and environment answers. */
export const loadDeployment = createServerFn({ method: "GET" }).handler(() => requestContext().deployment);
