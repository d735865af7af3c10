import FunctionPostgres
import FunctionRuntime
import Testing

@Suite struct VerbTests {
    let database: Database

    init() throws {
        let cluster = try Cluster.shared.get()
        database = Database("test") { cluster.address }
    }

    struct Item: Decodable, Equatable {
        var id: Int
        var shortName: String?
        var price: Money
        var isSold: Bool
        var madeAt: Timestamp
    }

    @Test func `rows become values by the names of their columns`() throws {
        let items = try database.rows(
            """
            SELECT id, NULLIF('name ' || id, 'name 2') AS short_name, 1.5::numeric AS price,
                id > 1 AS is_sold, to_timestamp(id) AS made_at
            FROM generate_series(1, 2) AS id
            """, as: Item.self)
        let price = Money(units: 150)
        #expect(
            items == [
                Item(
                    id: 1, shortName: "name 1", price: price, isSold: false,
                    madeAt: Timestamp(milliseconds: 1000)),
                Item(
                    id: 2, shortName: nil, price: price, isSold: true,
                    madeAt: Timestamp(milliseconds: 2000)),
            ])
    }
}
