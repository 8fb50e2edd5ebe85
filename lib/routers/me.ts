import { z } from "zod";
import { protectedProcedure } from "../trpc.ts";

const personSchema = z.object({ id: z.string(), name: z.string(), email: z.string() });

/** Who is signed in. */
export const me = protectedProcedure.output(personSchema).query(({ ctx }) => ctx.user);
