import { database } from "./db.ts";

/** Xata Lite's way of asking, which the story uses, over our own client: Lite and its SDK are retired. */
export const xata = {
  db: {
    users: {
      /** Any one user's id, or null when there is none. */
      getFirst: () => database().user.findFirst({ select: { id: true } }),
    },
  },
};
