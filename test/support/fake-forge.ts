/** Plays GitHub and GitLab: the paths, fields and states are those of their APIs. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The only one that may do something. */
export const forgeToken = 'ghs_SecretTokenOfTheWorkflow';

const bot = 'github-actions[bot]';

export interface Stored {
  readonly id: number;
  body: string;
  readonly author: string;
  hidden: boolean;
}

export interface Issue {
  readonly number: number;
  title: string;
  body: string;
  readonly author: string;
  state: 'open' | 'closed';
  readonly comments: string[];
}

/** A pull request, as far as it is looked for. */
export interface PullRequest {
  readonly number: number;
  /** `owner:branch` */
  readonly head: string;
  readonly sha: string;
}

interface Answer {
  readonly status: number;
  readonly body?: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: what a client sent
  readonly given: any;
}

export class FakeForge {
  /** Of one pull or merge request. */
  readonly comments: Stored[] = [];
  readonly issues: Issue[] = [];
  readonly pulls: PullRequest[] = [];
  readonly requests: string[] = [];
  /** Answers in place of the forge. */
  instead: ((method: string, path: string) => Answer | undefined) | undefined;
  readonly #server = createServer(async (incoming, reply) => {
    const { status, body = '' } = await this.#answer(incoming, await text(incoming));
    reply.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  add(body: string, author = bot): Stored {
    const comment = { id: this.comments.length + 1, body, author, hidden: false };
    this.comments.push(comment);
    return comment;
  }

  addIssue(title: string, body: string, author = bot): Issue {
    const number = this.issues.length + 1;
    const issue: Issue = { number, title, body, author, state: 'open', comments: [] };
    this.issues.push(issue);
    return issue;
  }

  async #answer(
    { method = '', url = '', headers }: IncomingMessage,
    sent: string,
  ): Promise<Answer> {
    const { pathname: path, searchParams: query } = new URL(url, 'http://x');
    this.requests.push(`${method} ${path}`);
    const instead = this.instead?.(method, path);
    if (instead !== undefined) {
      return instead;
    }
    if (
      headers.authorization !== `Bearer ${forgeToken}` &&
      headers['private-token'] !== forgeToken
    ) {
      return { status: 401, body: '{}' };
    }
    const asked = { method, path, query, given: sent === '' ? {} : JSON.parse(sent) };
    const found =
      path === '/graphql'
        ? this.#graph(asked)
        : path === '/user'
          ? { id: bot }
          : path.endsWith('/pulls')
            ? this.#pulls(asked)
            : /\/issues(\/\d+(\/(comments|notes))?)?$/.test(path) && !this.#isOfRequest(path)
              ? this.#issue(asked)
              : this.#comment(asked);
    return { status: 200, body: JSON.stringify(found) };
  }

  #graph({ given }: Asked): object {
    if (String(given.query).includes('minimizeComment')) {
      const found = this.comments.find(({ id }) => `node-${id}` === given.variables.id);
      Object.assign(found ?? {}, { hidden: true });
      return { data: {} };
    }
    return { data: { viewer: { login: bot } } };
  }

  #pulls({ query }: Asked): object {
    return this.pulls
      .filter(({ head }) => head === query.get('head') && query.get('state') === 'open')
      .map(({ number, sha }) => ({ number, head: { sha } }));
  }

  /** GitHub keeps the comments of pull requests as those of issues. */
  #isOfRequest(path: string): boolean {
    const [, number] = /\/issues\/(\d+)\/comments$/.exec(path) ?? [];
    return number !== undefined && !this.issues.some((issue) => issue.number === Number(number));
  }

  #issue({ method, path, query, given }: Asked): object {
    const [, number, below] = /\/issues(?:\/(\d+)(?:\/(\w+))?)?$/.exec(path) ?? [];
    if (number === undefined && method === 'POST') {
      return shownIssue(this.addIssue(given.title, given.body ?? given.description), path);
    }
    if (number === undefined) {
      const author = query.get('creator') ?? query.get('author_id');
      const own = this.issues.filter((issue) => issue.author === author);
      return paged(
        query,
        own.reverse().map((issue) => shownIssue(issue, path)),
      );
    }
    const issue = this.issues.find((one) => one.number === Number(number));
    if (issue === undefined) {
      throw new Error(`no issue ${number}`);
    }
    if (below !== undefined) {
      issue.comments.push(given.body);
      return {};
    }
    const state = { close: 'closed', reopen: 'open' }[String(given.state_event)] ?? given.state;
    const { title = issue.title, body = given.description ?? issue.body } = given;
    Object.assign(issue, { title, body, state: state ?? issue.state });
    return shownIssue(issue, path);
  }

  #comment({ method, path, query, given }: Asked): object {
    if (method === 'GET') {
      return paged(
        query,
        this.comments.map(({ id, body, author }) => ({
          id,
          node_id: `node-${id}`,
          body,
          user: { login: author },
          author: { id: author },
        })),
      );
    }
    if (method === 'POST') {
      return this.add(given.body);
    }
    const changed = this.comments.find(({ id }) => path.endsWith(`/${id}`));
    Object.assign(changed ?? {}, { body: given.body });
    return {};
  }
}

function paged(query: URLSearchParams, all: readonly object[]): readonly object[] {
  const page = Number(query.get('page'));
  return all.slice((page - 1) * 100, page * 100);
}

/** The fields of both. */
function shownIssue({ number, title, body, author, state }: Issue, path: string): object {
  return {
    number,
    iid: number,
    title,
    body,
    description: body,
    user: { login: author },
    author: { id: author },
    state: state === 'open' && path.startsWith('/projects') ? 'opened' : state,
  };
}
