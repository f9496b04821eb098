/**
 * Which bytes a response may still be reading. Bytes are of the age at which they were made; those
 * made since the last loan are in no response, and without a loan none are.
 */
export function createLoans() {
  let open = 0
  let age = 0

  return {
    /** Lends all bytes made so far; the function returned, called once, ends the loan. */
    lend(): () => void {
      open++
      age++
      let isOpen = true
      return () => {
        if (isOpen) open--
        isOpen = false
      }
    },
    /** The age of bytes made now. */
    age: () => age,
    /** Whether bytes of this age may be changed in place. */
    mayChange: (ageOfBytes: number) => open === 0 || ageOfBytes === age,
  }
}

/** See {@link createLoans}. */
export type Loans = ReturnType<typeof createLoans>
