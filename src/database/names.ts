import {
  CamelCasePlugin,
  type PluginTransformQueryArgs,
  PostgresDialect,
  PostgresQueryCompiler,
  type RootOperationNode,
} from 'kysely';

/** Names are camel case here and snake case in the database. */
class CamelCaseNames extends CamelCasePlugin {
  /** Left to the compiler, which need not copy the query's tree for it. */
  override transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return node;
  }

  nameInDatabase(name: string): string {
    return this.snakeCase(name);
  }
}

/** For those of rows; the keys inside a `jsonb` value are left alone. */
export const camelCaseNames = new CamelCaseNames({ maintainNestedObjectKeys: true });

/** PostgreSQL, with names in snake case, also where there are no plugins. */
export class SnakeCaseDialect extends PostgresDialect {
  override createQueryCompiler(): PostgresQueryCompiler {
    return new SnakeCaseCompiler();
  }
}

class SnakeCaseCompiler extends PostgresQueryCompiler {
  protected override sanitizeIdentifier(name: string): string {
    return super.sanitizeIdentifier(camelCaseNames.nameInDatabase(name));
  }
}
