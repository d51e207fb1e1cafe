/** Characters of one `{{ … }}` expression. */
export const MAX_EXPRESSION_CHARACTERS = 20_000;
/** Nesting of the syntax tree of one expression. */
export const MAX_EXPRESSION_DEPTH = 400;
/** Expressions in one string. */
export const MAX_EXPRESSIONS_PER_TEXT = 1_000;
/** Characters of a mixed text, once evaluated. */
export const MAX_TEXT_CHARACTERS = 8 * 1024 * 1024;
/** An expression that makes a longer text is left to the sandbox, which has limits of its own and a thread of its own. */
export const MAX_INTERPRETED_CHARACTERS = 1024 * 1024;
/** Likewise for the array elements and object properties that it makes. */
export const MAX_INTERPRETED_ELEMENTS = 20_000;
/** Nesting of a stored value. */
export const MAX_VALUE_DEPTH = 500;
