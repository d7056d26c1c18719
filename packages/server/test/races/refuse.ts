import type { TestServer } from '../harness/test-server.ts'

/** Has the database refuse one event, as a constraint would that no event from outside can violate. */
export async function refuseInDatabase(
  server: TestServer,
  { table, column, value }: { table: string; column: string; value: string },
): Promise<void> {
  await server.db.sql(`create function refuse_one() returns trigger language plpgsql as $$
    begin
      if new.${column} = '${value}' then
        raise exception 'refused' using errcode = 'check_violation';
      end if;
      return new;
    end $$`)
  await server.db.sql(`create trigger refuse_one before insert on ${table}
    for each row execute function refuse_one()`)
}
