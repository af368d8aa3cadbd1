/**
 * Joins a continuation to what was delivered before it. The white space at the end of that was not sent to the model,
 * which may write it again: the function that is returned is given the pieces of the continuation, in order, and takes
 * off what is there already.
 */
export function createSeam(delivered: string): (piece: string) => string {
  let trimmed = delivered.slice(delivered.trimEnd().length)
  return (piece) => {
    let same = 0
    while (same < trimmed.length && piece[same] === trimmed[same]) same++
    // The first character that differs ends the seam.
    trimmed = same === piece.length ? trimmed.slice(same) : ''
    return piece.slice(same)
  }
}
