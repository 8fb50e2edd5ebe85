import { z } from "zod";
import { requestContext } from "../request-context.ts";
import { publicProcedure } from "../trpc.ts";

const deploymentSchema = z.object({ release: z.string(), version: z.string(), environment: z.string() });

/** Which release, version and environment answers. */
export const release = publicProcedure.output(deploymentSchema).query(() => requestContext().deployment);
