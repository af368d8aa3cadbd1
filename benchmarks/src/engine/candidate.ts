/** Something whose cost is measured. */
export interface Candidate {
  readonly name: string
  /** Makes one call and sees it through to its end. */
  call(): Promise<unknown>
  /** Lets go of what it holds, such as timers. */
  dispose?(): void
}
