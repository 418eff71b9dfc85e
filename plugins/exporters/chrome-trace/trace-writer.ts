/** Ticks (1 ps) in microseconds with all six decimal places, since a double of microseconds would round them. */
export function microseconds(tick: number): string {
  const whole = Math.floor(tick / 1e6);
  const fraction = Math.round(tick - whole * 1e6);
  return fraction === 0 ? String(whole) : `${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}

/** Writes events of the Trace Event Format as text, one a line; names are escaped once and remembered. */
export class TraceWriter {
  readonly lines: string[] = [];
  private readonly quoted = new Map<string, string>();

  processName(pid: number, name: string, sortIndex: number): void {
    this.metadata('process_name', pid, 0, `"name":${this.quote(name)}`);
    this.metadata('process_sort_index', pid, 0, `"sort_index":${sortIndex}`);
  }

  threadName(pid: number, tid: number, name: string): void {
    this.metadata('thread_name', pid, tid, `"name":${this.quote(name)}`);
    this.metadata('thread_sort_index', pid, tid, `"sort_index":${tid}`);
  }

  /** A complete event; `args` is JSON without its braces. */
  span(pid: number, tid: number, name: string, category: string, start: number, end: number, args: string): void {
    const times = `"ts":${microseconds(start)},"dur":${microseconds(end - start)}`;
    this.lines.push(`{"ph":"X","pid":${pid},"tid":${tid},${times},"name":${this.quote(name)},"cat":${this.quote(category)},"args":{${args}}}`);
  }

  counter(pid: number, name: string, tick: number, unit: string, value: number): void {
    this.lines.push(`{"ph":"C","pid":${pid},"ts":${microseconds(tick)},"name":${this.quote(name)},"args":{${this.quote(unit)}:${value}}}`);
  }

  quote(text: string): string {
    let json = this.quoted.get(text);
    if (json === undefined) {
      json = JSON.stringify(text);
      this.quoted.set(text, json);
    }
    return json;
  }

  private metadata(kind: string, pid: number, tid: number, args: string): void {
    this.lines.push(`{"ph":"M","pid":${pid},"tid":${tid},"name":"${kind}","args":{${args}}}`);
  }
}
