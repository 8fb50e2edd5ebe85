/** How a list of the API goes on: for `infiniteQueryOptions`. */
export const NEXT_PAGE = {
  getNextPageParam: ({ nextCursor }: { readonly nextCursor: string | null }) => nextCursor,
};
