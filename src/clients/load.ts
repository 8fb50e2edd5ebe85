import { notFound } from "@tanstack/react-router";
import { apiCodeOf } from "./api.ts";

/** For loaders: what the API has none of, or what is another's, becomes the page for a thing that isn't there. */
export async function orNotFound<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    // An id that has not the form of one is refused as bad input.
    if (["NOT_FOUND", "BAD_REQUEST"].includes(apiCodeOf(error) ?? "")) throw notFound();
    throw error;
  }
}
