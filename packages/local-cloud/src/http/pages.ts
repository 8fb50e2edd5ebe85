import type { ApiRequest } from "./request.ts";
import { okPage, type EnvelopeReply } from "./reply.ts";

const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 100;

/** One page of a list as `page` (from 1) and `per_page` ask for it, with the envelope's `result_info`. */
export function paged<T>(
  request: ApiRequest,
  items: readonly T[],
  wrap: (page: readonly T[]) => unknown = (page) => page,
): EnvelopeReply {
  const page = positive(request.url.searchParams.get("page"), 1);
  const perPage = Math.min(
    positive(request.url.searchParams.get("per_page"), DEFAULT_PER_PAGE),
    MAX_PER_PAGE,
  );
  const slice = items.slice((page - 1) * perPage, page * perPage);
  return okPage(wrap(slice), {
    page,
    per_page: perPage,
    count: slice.length,
    total_count: items.length,
    total_pages: Math.max(1, Math.ceil(items.length / perPage)),
  });
}

function positive(value: string | null, otherwise: number): number {
  const number = Number.parseInt(value ?? "", 10);
  return number >= 1 ? number : otherwise;
}
