import { makeExecutableSchema } from '@graphql-tools/schema';
import { cacheDirectives, cacheStatistics } from '@magpie/graphql-cache';
import type { GraphQLSchema } from 'graphql';

/** A catalogue of books, what readers think of them, and what each reader wants to read. */
const typeDefs = /* GraphQL */ `
  type Query {
    books(genre: Genre, first: Int = 20): [Book!]! @cache(category: "BOOKS", scope: WORKSPACE, tags: ["Book"])
    book(id: ID!): Book @cache(category: "BOOKS", scope: WORKSPACE, tags: ["Book:{id}"])
    "Books and authors by a word in their names."
    search(word: String!): [Found!]! @cache(category: "BOOKS", scope: WORKSPACE, tags: ["Book", "Author"])
    genres: [Genre!]! @cache(category: "BOOKS", scope: PUBLIC, maxAge: 3600)
    shelf: [Book!]! @cache(category: "SHELVES", scope: VIEWER, tags: ["Shelf"])
    reader: String
  }

  type Mutation {
    addBook(title: String!, genre: Genre!, authorId: ID!): Book! @invalidates(tags: ["Book"])
    renameBook(id: ID!, title: String!): Book @invalidates(tags: ["Book:{id}"])
    renameAuthor(id: ID!, name: String!): Author @invalidates(tags: ["Author:{id}"])
    review(bookId: ID!, stars: Int!, text: String!): Review! @invalidates(tags: ["Book:{bookId}:reviews"])
    putOnShelf(bookId: ID!): Boolean! @invalidates(tags: ["Shelf"])
  }

  enum Genre {
    CRIME
    FANTASY
    POETRY
  }

  union Found = Book | Author

  type Book {
    id: ID!
    title: String!
    genre: Genre!
    author: Author!
    reviews: [Review!]! @dependsOn(tags: ["Book:{parent.id}:reviews"])
    "Mean of the stars; null before the first review."
    rating: Float @dependsOn(tags: ["Book:{parent.id}:reviews"])
  }

  type Author {
    id: ID!
    name: String!
    books: [Book!]! @dependsOn(tags: ["Book"])
  }

  type Review {
    id: ID!
    stars: Int!
    text: String!
    reader: String
  }
`;

/** Who sent a request; null for a guest. */
export interface LibraryContext {
  readonly reader: string | null;
}

export interface Book {
  readonly id: string;
  readonly title: string;
  readonly genre: string;
  readonly authorId: string;
}

interface Author {
  readonly id: string;
  readonly name: string;
}

interface Review {
  readonly id: string;
  readonly bookId: string;
  readonly stars: number;
  readonly text: string;
  readonly reader: string | null;
}

/** The data. Ids are unique within their type only: there is a book 1 and an author 1. */
export class LibraryData {
  readonly books = new Map<string, Book>();
  readonly authors = new Map<string, Author>();
  readonly reviews: Review[] = [];
  readonly shelves = new Map<string, readonly string[]>();
  /** Called before each reading, as a database would be. */
  onRead: (what: string) => void | Promise<void> = () => {};

  constructor() {
    this.authors.set('1', { id: '1', name: 'Ursula' }).set('2', { id: '2', name: 'Agatha' });
    this.books.set('1', { id: '1', title: 'Earthsea', genre: 'FANTASY', authorId: '1' });
    this.books.set('2', { id: '2', title: 'Curtain', genre: 'CRIME', authorId: '2' });
  }

  /** Reads a snapshot, then tells it; as slow as `onRead`. */
  async read<T>(what: string, snapshot: () => T): Promise<T> {
    const value = snapshot();
    await this.onRead(what);
    return value;
  }

  reviewsOf(bookId: string): readonly Review[] {
    return this.reviews.filter((review) => review.bookId === bookId);
  }
}

/** The executable schema over data. */
export function createLibrary(data: LibraryData): GraphQLSchema {
  return makeExecutableSchema<LibraryContext>({
    typeDefs: [cacheDirectives, cacheStatistics.typeDefs, typeDefs],
    resolvers: [cacheStatistics.resolvers, resolversOver(data)],
  });
}

function resolversOver(data: LibraryData) {
  type Args = Record<string, string> & { first: number; stars: number };
  const { books, authors } = data;
  return {
    Query: {
      books: (_: unknown, { genre, first }: Args) =>
        data.read('books', () => [...books.values()].filter((book) => !genre || book.genre === genre).slice(0, first)),
      book: (_: unknown, { id }: Args) => data.read('book', () => books.get(id!) ?? null),
      search: (_: unknown, { word }: Args) =>
        data.read('search', () => [
          ...[...books.values()].filter(({ title }) => title.includes(word!)),
          ...[...authors.values()].filter(({ name }) => name.includes(word!)),
        ]),
      genres: () => data.read('genres', () => ['CRIME', 'FANTASY', 'POETRY']),
      shelf: (_: unknown, __: unknown, { reader }: LibraryContext) =>
        data.read('shelf', () => (data.shelves.get(reader ?? '') ?? []).map((id) => books.get(id))),
      reader: (_: unknown, __: unknown, { reader }: LibraryContext) => reader,
    },
    Mutation: {
      addBook(_: unknown, { title, genre, authorId }: Args) {
        const id = String(books.size + 1);
        books.set(id, { id, title: title!, genre: genre!, authorId: authorId! });
        return books.get(id);
      },
      renameBook(_: unknown, { id, title }: Args) {
        const book = books.get(id!);
        if (book) books.set(book.id, { ...book, title: title! });
        return books.get(id!);
      },
      renameAuthor(_: unknown, { id, name }: Args) {
        authors.set(id!, { id: id!, name: name! });
        return authors.get(id!);
      },
      review(_: unknown, { bookId, stars, text }: Args, { reader }: LibraryContext) {
        const review = { id: String(data.reviews.length + 1), bookId: bookId!, stars, text: text!, reader };
        data.reviews.push(review);
        return review;
      },
      putOnShelf(_: unknown, { bookId }: Args, { reader }: LibraryContext) {
        if (!reader) throw new Error('Sign in to have a shelf.');
        data.shelves.set(reader, [...(data.shelves.get(reader) ?? []), bookId!]);
        return true;
      },
    },
    Book: {
      author: ({ authorId }: Book) => data.read('author', () => authors.get(authorId)),
      reviews: ({ id }: Book) => data.read('reviews', () => data.reviewsOf(id)),
      rating: ({ id }: Book) =>
        data.read('rating', () => {
          const reviews = data.reviewsOf(id);
          return reviews.length === 0 ? null : reviews.reduce((sum, { stars }) => sum + stars, 0) / reviews.length;
        }),
    },
    Author: {
      books: ({ id }: Author) =>
        data.read('booksOf', () => [...books.values()].filter(({ authorId }) => authorId === id)),
    },
    Found: { __resolveType: (found: object) => ('title' in found ? 'Book' : 'Author') },
  };
}
