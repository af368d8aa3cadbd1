/**
 * The service wants `max_tokens`. Where the caller sets none, it is all that the model can answer (`maxOutputTokens` in
 * the manifest), or this for models that the manifest does not know.
 */
export const defaultMaxTokens = 4096
