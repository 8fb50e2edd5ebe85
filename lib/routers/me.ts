import { z } from "zod";
import { protectedProcedure } from "../trpc.ts";

const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  role: z.enum(["owner", "admin"]),
  currency: z.string(),
});

/** Who is signed in. */
export const me = protectedProcedure.output(personSchema).query(({ ctx }) => ctx.scope.user);
