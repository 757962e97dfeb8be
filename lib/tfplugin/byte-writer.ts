/** Appends bytes to a buffer that grows. */
export abstract class ByteWriter {
  protected buffer = Buffer.allocUnsafe(1024);
  protected length = 0;

  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  protected reserve(size: number): void {
    if (this.length + size > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + size));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
  }
}
