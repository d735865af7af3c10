import FunctionTables
import Testing
