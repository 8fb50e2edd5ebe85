/** Functions without side effects, and words that may stand before a parenthesis without being a function. */
const HARMLESS = new Set(
  `all and any array as avg between by case cast coalesce count current_setting date_trunc distinct else exists extract filter
  from greatest having in inner join jsonb_agg jsonb_array_elements jsonb_build_array jsonb_build_object json_agg
  json_build_array json_build_object lateral least left length like limit lower max min not now nullif offset on or order over
  replace right round row_number select similar sum then to_jsonb to_regclass union upper using values when where version`.split(
    /\s+/u,
  ),
);

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/gu;
const WRITING_WORD = /\b(?:into|insert|update|delete|merge|for|call|truncate|nextval|setval)\b/iu;
const CALLED_WORD = /\b([a-z_][\w.]*)\s*\(/giu;

/**
 * Whether repeating the statement can do no harm, as far as its text shows: a lone SELECT that neither writes nor locks and calls
 * only functions that are known to have no effect. What can't be told is not plain.
 */
export function isPlainSelect(sql: string): boolean {
  const bare = sql.replaceAll(QUOTED, '""').trim();
  if (!/^select\b/iu.test(bare)) return false;
  if (/;.|--|\/\*|\$\w*\$/su.test(bare) || WRITING_WORD.test(bare)) return false;
  if (/""\s*\(/u.test(bare.replaceAll(/\b(?:as|from|join|in)\s*""\s*\(/giu, ""))) return false;
  return [...bare.matchAll(CALLED_WORD)].every(([, word = ""]) => HARMLESS.has(word.toLowerCase()));
}
